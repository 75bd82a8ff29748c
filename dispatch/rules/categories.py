"""What cases are about: each category's usual class, priority and first desk."""

from dataclasses import dataclass

from dispatch.rules.vocabulary import CaseClass

E, S, G, C = CaseClass.EMERGENCY, CaseClass.SIMPLE, CaseClass.GENERAL, CaseClass.COMPLEX


@dataclass(frozen=True, slots=True)
class Category:
    """One row of the table: `level` is the area level of the first desk. Who should go stands in `plans.toml`."""

    key: str
    name: str
    name_en: str
    group: str
    case_class: CaseClass
    priority: int
    level: str
    department: str | None = None


CATEGORIES: dict[str, Category] = {
    row.key: row
    for row in (
        Category("fire", "火灾", "Fire", "emergency", E, 1, "county", "emergency"),
        Category("forest_fire", "林草火情", "Wildfire", "emergency", E, 1, "county", "emergency"),
        Category("medical", "急救求助", "Medical", "emergency", E, 1, "county", "health"),
        Category("traffic_crash", "交通事故", "Traffic crash", "emergency", E, 1, "county", "police"),
        Category("flood", "山洪险情", "Flood", "emergency", E, 1, "county", "water"),
        Category("landslide", "滑坡崩塌", "Landslide", "emergency", E, 1, "county", "natural_resources"),
        Category("lost_person", "走失求助", "Missing person", "safety", E, 2, "township", "police"),
        Category("public_order", "治安警情", "Public order", "safety", E, 2, "township", "police"),
        Category("fraud", "涉诈线索", "Fraud lead", "safety", S, 2, "township", "police"),
        Category("safety_hazard", "安全隐患", "Safety hazard", "safety", S, 2, "township", "emergency"),
        Category("gas_leak", "燃气异味", "Gas smell", "emergency", E, 1, "county", "housing"),
        Category("neighbour_dispute", "邻里纠纷", "Neighbour dispute", "dispute", S, 3, "village"),
        Category("family_dispute", "婚姻家庭纠纷", "Family dispute", "dispute", S, 3, "village", "women"),
        Category(
            "land_dispute", "土地宅基地纠纷", "Land dispute", "dispute", G, 3, "village", "natural_resources"
        ),
        Category("wage_dispute", "劳资纠纷", "Wage dispute", "dispute", G, 2, "township", "human_resources"),
        Category("medical_dispute", "医患纠纷", "Medical dispute", "dispute", C, 2, "county", "health"),
        Category("consumer_dispute", "消费纠纷", "Consumer dispute", "dispute", S, 3, "township", "market"),
        Category("petition", "信访事项", "Petition", "dispute", G, 3, "township", "letters"),
        Category("road_damage", "道路损毁", "Road damage", "service", G, 3, "township", "transport"),
        Category("power_water", "水电故障", "Power or water outage", "service", S, 3, "township", "housing"),
        Category("sanitation", "环境卫生", "Sanitation", "service", S, 4, "village", "housing"),
        Category("pollution", "环境污染", "Pollution", "service", G, 3, "township", "emergency"),
        Category("noise", "噪音扰民", "Noise", "service", S, 4, "village"),
        Category("livestock", "牲畜农事", "Livestock and crops", "service", S, 4, "village", "agriculture"),
        Category("help", "民生求助", "Call for help", "service", S, 3, "village", "civil_affairs"),
        Category("inquiry", "政策咨询", "Inquiry", "service", S, 4, "village"),
    )
}
